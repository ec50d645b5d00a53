/// The `claudemesh` command: the tree of commands, how they answer, and how they fail.
package dev.claudemesh.cli;
