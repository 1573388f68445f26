BEGIN { (trace)(1); }
