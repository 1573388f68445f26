translator a < b > { };
