#!/bin/bash
# The sqlite3 shell, by its own configure and make, under its sandbox: schema,
# 100,000 inserts, joins, WAL with two processes, VACUUM, .dump and .read.
# `.shell` runs another program, which inherits the filter; it is not used here.
# shellcheck source=test/programs/common.sh
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

build_program() {
  quietly ./configure CC="$1" CFLAGS="${CHESTNUT_CFLAGS:--O2}" \
    --disable-shared --disable-tcl --disable-readline --enable-fts4 --enable-rtree
  quietly make "$jobs" sqlite3
}

inserts() {
  awk 'BEGIN {
    print "BEGIN;"
    for (i = 1; i <= 100000; i++)
      printf "INSERT INTO item VALUES(%d,%d,%d.%02d,%cname %d%c);\n", i, i % 997, i % 1000, i % 100, 39, i * 7919 % 100003, 39
    print "COMMIT;"
  }'
}

schema="
CREATE TABLE owner(id INTEGER PRIMARY KEY, name TEXT UNIQUE, born TEXT);
CREATE TABLE item(id INTEGER PRIMARY KEY, owner INTEGER REFERENCES owner(id), price REAL, name TEXT);
CREATE TABLE note(item INTEGER, at TEXT, body BLOB);
CREATE INDEX item_owner ON item(owner, price);
CREATE VIEW rich AS SELECT owner, sum(price) AS total FROM item GROUP BY owner HAVING total > 50000;
CREATE TRIGGER log_delete AFTER DELETE ON item BEGIN
  INSERT INTO note VALUES(old.id, '2001-01-01', zeroblob(10)); END;
CREATE VIRTUAL TABLE text USING fts4(body);
CREATE VIRTUAL TABLE box USING rtree(id, x0, x1, y0, y1);
WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i+1 FROM n WHERE i < 996)
  INSERT INTO owner SELECT i, 'owner ' || i, date('2000-01-01', '+' || i || ' days') FROM n;"

changes="
INSERT INTO text SELECT name FROM item WHERE id % 50 = 0;
INSERT INTO box SELECT id, id, id + 1, price, price + 1 FROM item WHERE id % 40 = 0;
UPDATE item SET price = price * 2 WHERE owner = 5;
DELETE FROM item WHERE id % 3 = 0;
SAVEPOINT s; DELETE FROM owner WHERE id > 900; ROLLBACK TO s; RELEASE s;"

queries="
SELECT count(*), sum(price), min(name), max(name) FROM item;
SELECT o.name, count(*), total(i.price) FROM owner o JOIN item i ON i.owner = o.id GROUP BY o.id ORDER BY 3 DESC LIMIT 5;
SELECT a.id, b.id FROM item a JOIN item b ON a.name = b.name AND a.id < b.id ORDER BY 1 LIMIT 5;
SELECT o.name, i.name FROM owner o LEFT JOIN item i ON i.owner = o.id AND i.price > 998 ORDER BY 1, 2 LIMIT 7;
SELECT count(*) FROM rich;
SELECT count(*), total(length(body)) FROM (SELECT name AS body FROM item ORDER BY name DESC);
SELECT count(*) FROM text WHERE body MATCH 'name 7*';
SELECT count(*) FROM box WHERE x0 > 5000 AND y1 < 300;
SELECT id, row_number() OVER (ORDER BY price DESC, id) FROM item LIMIT 3;
SELECT json_extract('{\"a\":[1,2,{\"b\":\"c\"}]}', '\$.a[2].b'), printf('%08.3f|%x', 3.14159, 255);
SELECT strftime('%Y-%W-%j %H:%M:%S', 1000000000, 'unixepoch', 'localtime'), round(sin(1), 6);
SELECT count(*), count(DISTINCT item) FROM note;
PRAGMA integrity_check;
PRAGMA foreign_key_check;"

real_work() {
  sqlite3 -version | cut -d' ' -f1 >version.out
  sqlite3 a.db "$schema"
  inserts | sqlite3 a.db
  sqlite3 a.db "$changes"
  sqlite3 a.db "$queries" >queries.out

  # Write-ahead log: shared memory, checkpoints, a second process that waits for
  # the lock and gives up.
  sqlite3 a.db 'PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=10;' >wal.out
  local holder holder_in holder_out
  coproc { exec sqlite3 a.db; }
  holder=$COPROC_PID holder_in=${COPROC[1]} holder_out=${COPROC[0]}
  echo 'BEGIN IMMEDIATE; INSERT INTO note VALUES(1, 2, 3); SELECT count(*) FROM item;' >&"$holder_in"
  read -r -u "$holder_out"
  echo "$REPLY" >holder.out
  sqlite3 -cmd '.timeout 60' a.db 'INSERT INTO note VALUES(4, 5, 6);' >locked.out 2>&1 || echo "status $?" >>locked.out
  sqlite3 a.db 'SELECT count(*) FROM note;' >reader.out
  echo 'COMMIT;' >&"$holder_in"
  exec {holder_in}>&-
  wait "$holder"
  sqlite3 a.db 'PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode=DELETE; VACUUM; ANALYZE;' >>wal.out
  sqlite3 a.db "VACUUM INTO 'vacuumed.db'"
  sqlite3 vacuumed.db "$queries" >vacuumed.out

  # Out and in again.
  sqlite3 a.db .dump >dump.sql
  sqlite3 b.db '.read dump.sql'
  sqlite3 b.db .dump | cmp - dump.sql
  sqlite3 b.db "$queries" | cmp - vacuumed.out
  sqlite3 -cmd '.mode csv' -cmd '.output items.csv' b.db 'SELECT * FROM item LIMIT 2000'
  sqlite3 c.db '.mode csv' '.import items.csv imported' 'SELECT count(*) FROM imported' >import.out
  sqlite3 b.db '.backup backup.db'
  sqlite3 c.db '.clone clone.db' >clone.out
  sqlite3 backup.db .schema .tables .indexes '.mode box' 'SELECT * FROM owner LIMIT 3' >backup.out
  sqlite3 :memory: "ATTACH 'a.db' AS a; ATTACH 'b.db' AS b; SELECT count(*) FROM (SELECT * FROM a.item EXCEPT SELECT * FROM b.item);" >attach.out
  sqlite3 a.db 'PRAGMA temp_store=FILE; PRAGMA cache_size=20; CREATE TEMP TABLE t AS SELECT * FROM item ORDER BY name; SELECT count(*) FROM t;' >temp.out
  sqlite3 a.db 'PRAGMA mmap_size=100000000; SELECT sum(length(name)) FROM item;' >mmap.out

  # Its own failures.
  sqlite3 a.db 'SELECT * FROM missing' >error.out 2>&1 || echo "status $?" >>error.out
  sqlite3 /nonexistent/x.db 'SELECT 1 FROM a' >>error.out 2>&1 || echo "status $?" >>error.out
  rm -f ./*.db
}

test_program sqlite3 sqlite3
