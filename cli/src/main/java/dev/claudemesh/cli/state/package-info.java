/// Commands about shared values that the catalogue alone cannot make.
package dev.claudemesh.cli.state;
