/// Keys and what is done with them. The only package that knows libsodium; no raw key bytes cross
/// its border.
package dev.claudemesh.protocol.crypto;
