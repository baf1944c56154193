//! What is in a table of an `SQLite` database, at one moment?
//!
//! The database may be in use: it is read in one transaction, with whatever its write-ahead log holds, and nothing
//! is written to it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::Path;
use std::time::Duration;

use gix::error::{ErrorExt as _, Result, ResultExt as _, bail, message};
use rusqlite::config::DbConfig;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags, Row};

use super::file::{self, Links, Origin};
use super::{LIMIT, State, json, rows};
use crate::output::HINT;

/// How long a writer may keep us waiting.
const PATIENCE: Duration = Duration::from_secs(5);

/// One column of a table.
struct Column {
    name: String,
    /// Its place in the primary key, from 1; 0 when it is not part of it.
    place: i64,
}

/// Reads `table` of the database at `path`: one key a row, with the row's columns as its value.
///
/// The key is the column `key`, else the primary key, else `SQLite`'s own number of the row.
pub(super) fn read(path: &Path, table: &str, key: Option<&str>) -> Result<State> {
    let failure = || message!("Could not read the table {table} of {}", path.display());
    let look = || -> Result<(Origin, bool)> {
        let mut file = file::open(path, Links::Followed)?;
        let origin = Origin::of(&file.metadata().or_raise(failure)?);
        Ok((origin, is_resting(path, &mut file).or_raise(failure)?))
    };
    let (origin, is_resting) = look()?;
    let mut members = rows_of(path, Access::of(is_resting), table, key).or_raise(failure)?;
    if is_resting && look()? != (origin.clone(), true) {
        // Somebody opened it meanwhile, and what was read without a lock may be of two moments.
        members = rows_of(path, Access::Shared, table, key).or_raise(failure)?;
    }
    let keys = members.len();
    Ok(State { content: json::object(&members), origin, keys, left_out: Vec::new() })
}

/// How a database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// As one of its users, who locks it while reading.
    Shared,
    /// As one that nobody has open.
    Resting,
}

impl Access {
    fn of(is_resting: bool) -> Self {
        if is_resting { Self::Resting } else { Self::Shared }
    }
}

/// Tells whether the database has a write-ahead log as its way of writing, and no log, so that nobody has it open.
///
/// `SQLite` would make a log to read it, and leave it behind: <https://www.sqlite.org/wal.html#readonly>.
fn is_resting(path: &Path, file: &mut fs_err::File) -> std::io::Result<bool> {
    // "File format write version", https://www.sqlite.org/fileformat.html#the_database_header
    let mut header = [0; 20];
    let is_logged = file.read_exact(&mut header).is_ok() && header.ends_with(&[2, 2]);
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    Ok(is_logged && !Path::new(&log).try_exists()?)
}

/// Reads the rows of `table` as keys and values.
fn rows_of(
    path: &Path,
    access: Access,
    table: &str,
    key: Option<&str>,
) -> Result<BTreeMap<String, String>> {
    let failure = || message("The database cannot be read");
    let connection = open(path, access).or_raise(|| {
        failure().with(HINT, "while a program has it open, its -wal and -shm files are needed too")
    })?;
    let columns = columns(&connection, table)?;
    let select = select(table, &columns, key)?;
    let mut statement = connection.prepare(&select.text).or_raise(failure)?;
    let mut found = statement.query([]).or_raise(failure)?;
    let (mut members, mut size) = (BTreeMap::new(), 0);
    while let Some(row) = found.next().or_raise(failure)? {
        let (key, value) = member(row, &columns, select.keys).or_raise(failure)?;
        size += key.len() + value.len();
        if size > LIMIT {
            return Err(file::too_large(path));
        }
        if members.contains_key(&key) {
            return Err(message!("Two rows have the key '{key}'")
                .with(HINT, "choose a column that tells rows apart: --key COLUMN")
                .raise());
        }
        members.insert(key, value);
    }
    Ok(members)
}

/// Opens the database for reading, with nothing in it trusted to run, and begins the one transaction.
fn open(path: &Path, access: Access) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = match (access, address(path)) {
        (Access::Resting, Some(address)) => {
            Connection::open_with_flags(address, flags | OpenFlags::SQLITE_OPEN_URI)?
        }
        (Access::Shared, _) | (_, None) => Connection::open_with_flags(path, flags)?,
    };
    connection.busy_timeout(PATIENCE)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.execute_batch("BEGIN")?;
    Ok(connection)
}

/// Returns the address of a database that nobody writes to; `None` when its path is not UTF-8.
fn address(path: &Path) -> Option<String> {
    let path = path.to_str()?.replace('\\', "/");
    let mut address = "file://".to_owned();
    if !path.starts_with('/') {
        address.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte) {
            address.push(char::from(byte));
        } else {
            write!(address, "%{byte:02x}").expect("writing to a String cannot fail");
        }
    }
    Some(address + "?immutable=1")
}

/// Returns the columns of `table`, which must be a table and no view.
fn columns(connection: &Connection, table: &str) -> Result<Vec<Column>> {
    let failure = || message("The database cannot be read");
    let mut kinds = connection
        .prepare(
            "SELECT type FROM pragma_table_list WHERE schema = 'main' AND name = ?1 COLLATE NOCASE",
        )
        .or_raise(failure)?;
    let kind = kinds.query_map([table], |row| row.get::<_, String>(0)).or_raise(failure)?;
    let kind: Vec<String> = kind.collect::<rusqlite::Result<_>>().or_raise(failure)?;
    match kind.first().map(String::as_str) {
        Some("table") => {}
        Some(other) => bail!("{table} is no table, but a {other}"),
        None => bail!("There is no table {table}: {}", tables(connection).or_raise(failure)?),
    }
    // A column is hidden from `*` when it is 1; generated columns are 2 and 3.
    let mut statement = connection
        .prepare("SELECT name, pk FROM pragma_table_xinfo(?1) WHERE hidden <> 1 ORDER BY cid")
        .or_raise(failure)?;
    let column = |row: &Row<'_>| Ok(Column { name: row.get(0)?, place: row.get(1)? });
    let columns = statement.query_map([table], column).or_raise(failure)?;
    columns.collect::<rusqlite::Result<_>>().or_raise(failure)
}

/// Names the tables there are, for an error.
fn tables(connection: &Connection) -> rusqlite::Result<String> {
    let mut statement = connection.prepare(
        "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY name LIMIT 20",
    )?;
    let names = statement.query_map([], |row| row.get::<_, String>(0))?;
    let names = names.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(if names.is_empty() {
        "it has none".to_owned()
    } else {
        format!("it has {}", names.join(", "))
    })
}

/// A query that gives the key's columns, then the row's.
struct Select {
    text: String,
    /// How many columns the key has.
    keys: usize,
}

fn select(table: &str, columns: &[Column], key: Option<&str>) -> Result<Select> {
    let named = |name: &str| columns.iter().any(|column| column.name.eq_ignore_ascii_case(name));
    let mut primary: Vec<&Column> = columns.iter().filter(|column| column.place > 0).collect();
    primary.sort_by_key(|column| column.place);
    let keys: Vec<String> = match key {
        Some(key) if named(key) => vec![quoted(key)],
        Some(key) => bail!("It has no column {key}"),
        None if !primary.is_empty() => primary.iter().map(|column| quoted(&column.name)).collect(),
        None => match ["rowid", "_rowid_", "oid"].into_iter().find(|name| !named(name)) {
            Some(name) => vec![name.to_owned()],
            None => bail!("It has no primary key; choose a column with --key"),
        },
    };
    let all = columns.iter().map(|column| quoted(&column.name));
    let list: Vec<String> = keys.iter().cloned().chain(all).collect();
    let text = format!("SELECT {} FROM main.{}", list.join(", "), quoted(table));
    Ok(Select { text, keys: keys.len() })
}

/// Quotes a name as SQL has it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// Returns the key and the value of one row, whose first `keys` columns are the key.
fn member(row: &Row<'_>, columns: &[Column], keys: usize) -> rusqlite::Result<(String, String)> {
    let key: Vec<ValueRef<'_>> =
        (0..keys).map(|index| row.get_ref(index)).collect::<rusqlite::Result<_>>()?;
    let member = |(index, column): (usize, &Column)| {
        let name = serde_json::Value::from(column.name.as_str());
        Ok(format!("{name}:{}", rows::value(row.get_ref(keys + index)?)))
    };
    let members: Vec<String> =
        columns.iter().enumerate().map(member).collect::<rusqlite::Result<_>>()?;
    Ok((rows::key(&key), format!("{{{}}}", members.join(","))))
}
