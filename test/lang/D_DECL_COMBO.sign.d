unsigned signed x;
