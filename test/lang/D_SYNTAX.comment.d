BEGIN { /* 

