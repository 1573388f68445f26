BEGIN {  }
