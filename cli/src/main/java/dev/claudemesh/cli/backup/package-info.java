/// Keeping one's keys: a file that opens with a passphrase, and back.
package dev.claudemesh.cli.backup;
