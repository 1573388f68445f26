#!/usr/sbin/dtrace -qs
/*
 * What D does with strings: parts of a path, searching, cutting, joining.
 *
 *     dtrace -qs strings.d
 */

BEGIN
{
	path = "/usr/lib/python3/dist-packages/gi/__init__.py";
	printf("path      %s\n", path);
	printf("file      %s\n", basename(path));
	printf("folder    %s\n", dirname(path));
	printf("package   %s\n", basename(dirname(path)));
	printf("suffix    %s\n", strrchr(path, '.'));
	printf("module    %s\n", substr(basename(path), 0, strlen(basename(path)) - 3));
	printf("python at %d\n", index(path, "python"));
	printf("joined    %s\n", strjoin(basename(path), strjoin(":", lltostr(42))));
	printf("cleaned   %s\n", cleanpath("/usr/../etc/./passwd"));

	line = "root:x:0:0:the superuser:/root:/bin/sh";
	printf("user      %s\n", strtok(line, ":"));
	printf("password  %s\n", strtok(NULL, ":"));
	printf("number    %d\n", strtoll(strtok(NULL, ":")));
	exit(0);
}
