BEGIN { trace(inet_ntoa6((void *)arg0, arg1)); }
