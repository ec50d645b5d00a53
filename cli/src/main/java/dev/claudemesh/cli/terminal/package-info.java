/// What the program looks like: one palette, one set of icons, tables, and texts of others made
/// harmless.
package dev.claudemesh.cli.terminal;
