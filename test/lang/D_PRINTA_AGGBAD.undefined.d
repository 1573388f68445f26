BEGIN { printa(@nowhere); }
