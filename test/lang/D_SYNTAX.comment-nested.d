BEGIN { /* 
 /* */ }
