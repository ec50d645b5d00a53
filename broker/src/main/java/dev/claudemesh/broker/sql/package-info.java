/// Room sql: SQL of a mesh's members in a database of the mesh's own.
///
/// Tables: none of the broker's; each mesh has a schema in the database that {@link
/// dev.claudemesh.db.SqlDatabase} keeps apart. Invariants: a query changes nothing; whatever a
/// statement says, it reaches its own mesh only, which PostgreSQL sees to and no reading of text
/// here. A deleted mesh's schema stays until the operator drops it: nobody can reach it any more.
package dev.claudemesh.broker.sql;
