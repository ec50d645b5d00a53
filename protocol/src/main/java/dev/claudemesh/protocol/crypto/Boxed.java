package dev.claudemesh.protocol.crypto;

/// An encrypted text as it travels: both parts base64 with padding.
///
/// @param nonce 24 random bytes
/// @param ciphertext authenticator, then the encrypted UTF-8 text
public record Boxed(String nonce, String ciphertext) {}
