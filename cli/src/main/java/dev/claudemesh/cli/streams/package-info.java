/// Commands about streams that the catalogue alone cannot make.
package dev.claudemesh.cli.streams;
