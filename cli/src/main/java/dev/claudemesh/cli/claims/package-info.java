/// Commands about claimed files: they know which repository they are run in.
package dev.claudemesh.cli.claims;
