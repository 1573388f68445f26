BEGIN { raise("9"); }
