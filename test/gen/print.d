/* print(): the address, and as much as it may read of what is there. */
#pragma D option printsize=12
struct s { int v[4]; };
BEGIN { print((struct s *)arg0); }
