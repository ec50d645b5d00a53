package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Frame;
import java.time.Instant;
import java.util.Optional;

/// What the broker answers about command lines that are signed in from a browser.
public sealed interface DeviceReply extends AccountReply {

  /// What became of a code.
  enum Status {
    @JsonProperty("pending")
    PENDING,
    @JsonProperty("approved")
    APPROVED,
    @JsonProperty("denied")
    DENIED,
    @JsonProperty("expired")
    EXPIRED
  }

  /// A code to approve.
  @Frame(type = "device_login_started", summary = "A code that somebody may approve in a browser")
  record Started(
      @Doc("What to ask with; keep it to yourself") @JsonProperty("device_code") String deviceCode,
      @Doc("What to show, such as BCDF-GHJK") @JsonProperty("user_code") String userCode,
      @Doc("The page to open, with the code in it") @JsonProperty("verification_url")
          String verificationUrl,
      @Doc("Until when it can be approved") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("Seconds between two questions") int interval)
      implements DeviceReply {
    @Override
    public String toString() {
      return "Started[" + userCode + "]";
    }
  }

  /// What became of a code.
  @Frame(type = "device_login_status", summary = "What became of the code")
  record Polled(
      @Doc("pending, approved, denied or expired; a code that is not known is expired")
          Status status,
      @Doc("The token of a session, in the first answer after the approval") Optional<String> token,
      @Doc("When the token ends unless it is used") @JsonProperty("expires_at")
          Optional<Instant> expiresAt,
      @Doc("Who approved it, beside the token") Optional<AccountReply.User> user,
      @Doc("true if another answer had the token") Optional<Boolean> claimed)
      implements DeviceReply {
    @Override
    public String toString() {
      return "Polled[" + status + "]";
    }
  }

  /// Who asks to be signed in.
  @Frame(type = "device_login_waiting", summary = "The machine that asks to be signed in")
  record Waiting(
      @Doc("The code it shows") @JsonProperty("user_code") String userCode,
      @Doc("Its name, as it says") @JsonProperty("device_name") String deviceName,
      @Doc("Its system and processor, as it says") Optional<String> device,
      @Doc("Network address it called from") String address,
      @Doc("When it asked") @JsonProperty("created_at") Instant createdAt,
      @Doc("Until when it can be approved") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("What became of it") Status status)
      implements DeviceReply {}

  /// A code, for clients of the first protocol.
  @Frame(type = "cli_device_code", summary = "A code, for clients of the first protocol")
  record OldStarted(
      @Doc("What to ask with") @JsonProperty("device_code") String deviceCode,
      @Doc("What to show") @JsonProperty("user_code") String userCode,
      @Doc("Another name of the code") @JsonProperty("session_id") String sessionId,
      @Doc("Until when it can be approved") @JsonProperty("expires_at") Instant expiresAt,
      @Doc("The page to open") @JsonProperty("verification_url") String verificationUrl,
      @Doc("Where tokens are made: the same page") @JsonProperty("token_url") String tokenUrl)
      implements DeviceReply {
    @Override
    public String toString() {
      return "OldStarted[" + userCode + "]";
    }
  }

  /// What became of it, in the words of the first protocol.
  @Frame(type = "cli_device_code_status", summary = "What became of it, for the first protocol")
  record OldPolled(
      @Doc("pending, approved, expired or consumed; a denied one is expired") String status,
      @Doc("The token, once") @JsonProperty("session_token") Optional<String> sessionToken,
      @Doc("Who approved it") Optional<AccountReply.User> user)
      implements DeviceReply {
    @Override
    public String toString() {
      return "OldPolled[" + status + "]";
    }
  }
}
