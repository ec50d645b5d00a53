/// The broker's memory: schema migrations, the jOOQ classes made from them, the connection pool,
/// and a private PostgreSQL for those who have none.
///
/// Start at [dev.claudemesh.db.Database]. Tables live in schema `mesh`; ids are text, times are
/// `timestamptz` and always a parameter. An acknowledged change is on disk.
package dev.claudemesh.db;
