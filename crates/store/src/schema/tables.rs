//! The tables there are: whatever goes through all of them, such as an export or a check, goes by this list.
//!
//! The last column of each is its seal. A table that a later step of the schema adds takes part by one line here.

use rusqlite::Connection;

use crate::error::Result;

/// A table and the columns that put its rows in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The columns that tell its rows apart, comma-separated.
    pub(crate) key: &'static str,
    /// How many columns stand before those that the seal covers: a number that the database gives.
    pub(crate) n_unsealed: usize,
    /// Whether it speaks of files of its own folder, so that no other gets it by an export.
    pub(crate) is_local: bool,
}

/// Every table, each after those it refers to.
pub(crate) const TABLES: [Table; 14] = [
    table("log", "position"),
    table("incident", "position"),
    table("class", "number"),
    table("member", "id"),
    table("alias", "source, external_id"),
    table("epoch", "number"),
    table("decision", "number"),
    Table { n_unsealed: 1, ..table("lineage", "number") },
    table("rating", "question, incident, who"),
    table("calibration", "position"),
    table("message", "source, id"),
    table("event", "number"),
    table("note", "destination, incident"),
    Table { is_local: true, ..table("voucher", "name") },
];

const fn table(name: &'static str, key: &'static str) -> Table {
    Table { name, key, n_unsealed: 0, is_local: false }
}

/// What a column may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Integer,
    Real,
    Text,
    Blob,
}

/// A column that a seal covers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) kind: Kind,
    /// Whether it may be NULL.
    pub(crate) optional: bool,
}

/// The columns of a table as the database has them, less the seal; none where it has no such table, say because its
/// format is older.
pub(crate) fn columns(conn: &Connection, table: &str) -> Result<Vec<Column>> {
    let mut statement =
        conn.prepare("SELECT name, type, \"notnull\" FROM pragma_table_info(?1) ORDER BY cid")?;
    let found = statement.query_map([table], |row| {
        let kind = match row.get_ref(1)?.as_str()? {
            "INTEGER" => Kind::Integer,
            "REAL" => Kind::Real,
            "BLOB" => Kind::Blob,
            _ => Kind::Text,
        };
        Ok(Column { name: row.get(0)?, kind, optional: !row.get::<_, bool>(2)? })
    })?;
    let mut columns = found.collect::<rusqlite::Result<Vec<_>>>()?;
    columns.pop();
    Ok(columns)
}

/// The tables that the database has and that go into an export, with their columns.
pub(crate) fn exported(conn: &Connection) -> Result<Vec<(Table, Vec<Column>)>> {
    let mut exported = Vec::new();
    for table in TABLES.into_iter().filter(|table| !table.is_local) {
        let columns = columns(conn, table.name)?;
        if !columns.is_empty() {
            exported.push((table, columns));
        }
    }
    Ok(exported)
}

/// The rows of a table in order: the columns given and the seal after them.
pub(crate) fn select(table: Table, columns: &[Column]) -> String {
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    format!("SELECT {}, seal FROM {} ORDER BY {}", names.join(", "), table.name, table.key)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::schema;

    #[test]
    fn every_table_of_the_schema_is_in_the_list_and_ends_with_its_seal() {
        let dir = tempfile::tempdir().expect("a folder");
        let conn = schema::open(&dir.path().join("r.db")).expect("created");
        let all = |sql: &str| -> Vec<String> {
            let mut statement = conn.prepare(sql).expect(sql);
            let rows = statement.query_map([], |row| row.get(0)).expect(sql);
            rows.collect::<rusqlite::Result<_>>().expect(sql)
        };
        let there =
            all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'");
        let listed: BTreeSet<&str> = TABLES.iter().map(|table| table.name).collect();
        assert_eq!(there.iter().map(String::as_str).collect::<BTreeSet<_>>(), listed);
        for table in TABLES {
            let last = format!(
                "SELECT name FROM pragma_table_info('{}') ORDER BY cid DESC LIMIT 1",
                table.name
            );
            assert_eq!(all(&last), ["seal"], "{}", table.name);
            let refers = format!("SELECT \"table\" FROM pragma_foreign_key_list('{}')", table.name);
            let place = |name: &str| TABLES.iter().position(|other| other.name == name);
            assert!(all(&refers).iter().all(|other| place(other) <= place(table.name)));
        }
    }

    #[test]
    fn columns_are_read_from_the_database_with_their_kinds() {
        let dir = tempfile::tempdir().expect("a folder");
        let conn = schema::open(&dir.path().join("r.db")).expect("created");
        let kinds: Vec<(String, Kind, bool)> = columns(&conn, "incident")
            .expect("a table")
            .into_iter()
            .map(|column| (column.name, column.kind, column.optional))
            .collect();
        let column = |name: &str, kind, optional| (name.to_owned(), kind, optional);
        assert_eq!(kinds[1..2], [column("id", Kind::Text, false)]);
        assert_eq!(
            kinds[4..],
            [column("digest", Kind::Blob, true), column("body", Kind::Text, false)]
        );
        assert_eq!(columns(&conn, "none").expect("no table"), []);
    }
}
