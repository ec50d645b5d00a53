/// Lending tools to a mesh and calling those that were lent.
package dev.claudemesh.cli.services;
