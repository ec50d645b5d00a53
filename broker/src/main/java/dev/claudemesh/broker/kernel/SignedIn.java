package dev.claudemesh.broker.kernel;

import dev.claudemesh.protocol.accounts.AccountToken;

/// Somebody who proved an account.
///
/// @param tokenId which of its tokens they sent
public record SignedIn(String accountId, String tokenId, AccountToken.Kind kind) {}
