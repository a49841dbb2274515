#!/bin/sh
# Run once by the MySQL image, when it makes an empty data folder: the user of workers and sync, who may read and
# write rows and nothing else. Tables are made by root (inventory-sync migrate).
set -eu

# Text for between single quotes of SQL.
quoted() {
  printf '%s' "$1" | sed "s/\\\\/\\\\\\\\/g; s/'/''/g"
}

name=$(quoted "$RUN_TIME_USER")
password=$(quoted "$RUN_TIME_PASSWORD")
# An underscore in a database's name stands for any letter where rights are given.
database=$(printf '%s' "$MYSQL_DATABASE" | sed 's/_/\\_/g')

MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --protocol=socket -uroot <<SQL
CREATE USER IF NOT EXISTS '$name'@'%' IDENTIFIED BY '$password';
GRANT SELECT, INSERT, UPDATE, DELETE ON \`$database\`.* TO '$name'@'%';
SQL
