BEGIN { 'a
'; }
