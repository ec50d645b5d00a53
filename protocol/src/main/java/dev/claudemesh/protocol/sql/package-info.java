/// Room sql: a database of its own for each mesh, in which its members run SQL.
///
/// Invariants: a query changes nothing; a statement reaches nothing outside of the mesh's schema;
/// PostgreSQL itself sees to both.
package dev.claudemesh.protocol.sql;
