/// Signing in to a broker's accounts, and the tokens that prove it. Keys stay the identity on
/// meshes.
package dev.claudemesh.cli.account;
