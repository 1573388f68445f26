/* Output arguments: of the same name, of the same place, and by a translator. */
provider sample {
	probe a(int fd, char *path) : (char *path, long fd);
	probe b(struct conn *c) : (conninfo_t *);
	probe c(int) : ();
};
BEGIN
{
}
