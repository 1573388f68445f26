BEGIN { clear(@nowhere); }
