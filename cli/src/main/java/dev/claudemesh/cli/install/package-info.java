/// Entering claudemesh into Claude Code's own files, and taking it out again: only text is inserted
/// and removed, so that every other byte stays.
package dev.claudemesh.cli.install;
