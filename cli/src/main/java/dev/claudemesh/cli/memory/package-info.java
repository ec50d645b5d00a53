/// Commands about memories that the catalogue alone cannot make.
package dev.claudemesh.cli.memory;
