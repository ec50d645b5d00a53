/// SQL in the mesh's own database.
package dev.claudemesh.cli.sql;
