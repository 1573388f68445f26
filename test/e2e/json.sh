#!/bin/sh
# json(): members, elements, what they are; NULL where there is none; what is no JSON.
. test/e2e/lib.sh

# value TEXT PATH RESULT ("NULL")
value() {
	printf 'BEGIN { this->v = json("%s", "%s"); printf("%%s\\n", this->v == NULL ? "NULL" : this->v); exit(0); }\n' \
		"$(printf %s "$1" | sed 's/[\\"]/\\&/g')" "$2" >"$tmp/json.d"
	run -q $size -s "$tmp/json.d"
	printf '%s\n\n' "$3" | expect out
}
doc='{ "name": "some text", "n" : -12.5e3, "list":[1, "two",{"three" : [3, [4, 5]]} ,true], "empty": "",
    "nested": {"a": {"b": null, "c.d": 1}, "name": "inner"}, "esc\"aped": "a\"b\\", "last": {}}'
doc=$(printf %s "$doc" | tr -d '\n')
for size in '' '-xstrsize=4096'; do
	value "$doc" name 'some text'
	value "$doc" n '-12.5e3'
	value "$doc" 'list[0]' 1
	value "$doc" 'list[1]' two
	value "$doc" 'list[2].three[1][0]' 4
	value "$doc" 'list[3]' true
	value "$doc" 'list[4]' NULL
	value "$doc" 'list[2]' '{"three" : [3, [4, 5]]}'
	value "$doc" 'nested.a.b' null
	value "$doc" nested.name inner
done
value "$doc" last '{}'
value "$doc" empty ''
value "$doc" nested.a.x NULL
value "$doc" nam NULL
value "$doc" names NULL
value "$doc" 'name.x' NULL
value "$doc" 'name[0]' NULL
value "$doc" 'list.x' NULL
value "$doc" 'list[x]' NULL
value "$doc" 'list[' NULL
value '[[1, 2], 3]' '[0][1]' 2
value '[]' '[0]' NULL
value '{"a": 1, "a": 2}' a 1
value '7' '' 7
value '{"a" 1}' a NULL
value '{"a": "open' a NULL
value 'no json' a NULL
value '' a NULL
value '{"k": "\"}", "x": 5}' x 5
