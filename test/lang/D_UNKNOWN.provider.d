provider foo { };
