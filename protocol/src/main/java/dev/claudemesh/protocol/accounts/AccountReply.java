package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import dev.claudemesh.protocol.Reply;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// What the broker answers about accounts.
public sealed interface AccountReply extends Reply
    permits AccountReply.SignedIn,
        AccountReply.Profile,
        AccountReply.TokenCreated,
        AccountReply.Tokens,
        AccountMeshReply,
        DeviceReply,
        OldAccountReply {

  /// Somebody signed in.
  @Frame(type = "account_signed_in", summary = "Somebody signed in; the token is shown this once")
  record SignedIn(
      @Doc("Proves the account, as Authorization: Bearer") String token,
      @Doc("When it ends unless it is used") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("Whose it is") User user)
      implements AccountReply {
    @Override
    public String toString() {
      return "SignedIn[" + user.id() + "]";
    }
  }

  /// Somebody who has an account.
  record User(
      @Doc("Id of the account") String id,
      @Doc("E-mail address") String email,
      @Doc("Name to show") @JsonProperty("display_name") String displayName) {}

  /// Whose a token is.
  @Frame(type = "account_profile", summary = "Whose the token is")
  record Profile(
      @Doc("Whose it is") User user,
      @Doc("When the account was made") @JsonProperty("created_at") Instant createdAt,
      @Doc("The token that was sent, without itself") Token via)
      implements AccountReply {}

  /// A personal access token was made.
  @Frame(type = "access_token_created", summary = "A token was made; it is shown this once")
  record TokenCreated(
      @Doc("Id to revoke it by") String id,
      @Doc("What it is for") String name,
      @Doc("Proves the account, as Authorization: Bearer") String token,
      @Doc("When it ends; absent if never") @JsonProperty("expires_at") Optional<Instant> expiresAt)
      implements AccountReply {
    @Override
    public String toString() {
      return "TokenCreated[" + id + "]";
    }
  }

  /// Tokens that are good.
  @Frame(type = "access_tokens", summary = "Tokens or sessions that are good, newest first")
  record Tokens(@Doc("One entry a token") List<Token> tokens) implements AccountReply {}

  /// One token, without the token.
  record Token(
      @Doc("Id to revoke it by") String id,
      @Doc("session, pat or web") String kind,
      @Doc("What it is for, or the machine") String name,
      @Doc("The machine's system and processor, if it said so") Optional<String> device,
      @Doc("When it was made") @JsonProperty("created_at") Instant createdAt,
      @Doc("When it ends; absent if never") @JsonProperty("expires_at") Optional<Instant> expiresAt,
      @Doc("When it was last used, within five minutes; absent if never")
          @JsonProperty("last_used_at")
          Optional<Instant> lastUsedAt,
      @Doc("Whether this call was made with it") boolean current) {}
}
