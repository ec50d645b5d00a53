package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Request;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.time.Duration;
import java.util.Optional;

/// Signing in to the broker, and the tokens that prove it. Over HTTP only, and only where the
/// operator turned accounts on.
public sealed interface AccountRequest<R extends Reply> extends Request<R>
    permits AccountRequest.Register,
        AccountRequest.Login,
        AccountRequest.Logout,
        AccountRequest.ChangePassword,
        AccountRequest.ShowProfile,
        AccountRequest.CreateToken,
        AccountRequest.ListTokens,
        AccountRequest.RevokeToken,
        AccountRequest.ListSessions,
        AccountRequest.RevokeSession,
        AccountMeshRequest,
        CodeRequest,
        DeviceRequest,
        OldAccountRequest {

  /// Makes an account. Answers the same whether or not the address has one already.
  @Operation(
      type = "register_account",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/register",
      summary = "Make an account, unless the address has one; the answer does not tell which")
  record Register(
      @Audited(false) @Doc("E-mail address, by which you sign in") @Size(value = 254, min = 3)
          String email,
      @Audited(false) @Doc("At least 10 characters") @Size(value = 200, min = 10) String password,
      @Doc("Your name") @Size(100) Optional<String> name)
      implements AccountRequest<MeshReply.Ok> {
    @Override
    public String toString() {
      return "Register[***]";
    }
  }

  /// Signs in with a password.
  @Operation(
      type = "login_account",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/login",
      summary = "Sign in to an account with its password, for a token")
  record Login(
      @Audited(false) @Doc("E-mail address") @Size(value = 254, min = 3) String email,
      @Audited(false) @Doc("The password") @Size(value = 200, min = 1) String password,
      @Doc("Name of the machine, for the list of sessions") @Size(100) @JsonProperty("device_name")
          Optional<String> deviceName,
      @Doc("true for the broker's own pages: the token works as their cookie alone")
          Optional<Boolean> browser)
      implements AccountRequest<AccountReply.SignedIn> {
    @Override
    public String toString() {
      return "Login[***]";
    }
  }

  /// Revokes the token it is called with.
  @Operation(
      type = "logout_account",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/auth/logout",
      effect = Effect.DESTROY,
      summary = "Revoke the token this is called with")
  record Logout() implements AccountRequest<MeshReply.Ok> {}

  /// Sets another password; every session ends, personal access tokens do not.
  @Operation(
      type = "change_password",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/my/password",
      summary = "Set another password; every session ends, personal access tokens stay")
  record ChangePassword(
      @Audited(false) @Doc("The password until now") @Size(value = 200, min = 1) String current,
      @Audited(false) @Doc("At least 10 characters") @Size(value = 200, min = 10) String password)
      implements AccountRequest<MeshReply.Ok> {
    @Override
    public String toString() {
      return "ChangePassword[***]";
    }
  }

  /// Whose the token is.
  @Operation(
      type = "account_profile",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /api/my/profile",
      effect = Effect.READ,
      summary = "Tell whose account this is, and by which token")
  record ShowProfile() implements AccountRequest<AccountReply.Profile> {}

  /// Makes a personal access token.
  @Operation(
      type = "create_access_token",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/my/cli/tokens",
      summary = "Make a personal access token for scripts; it is shown this once")
  record CreateToken(
      @Doc("What it is for") @Size(value = 100, min = 1) String name,
      @Doc("How long it is good; a year if absent") Optional<Life> expires)
      implements AccountRequest<AccountReply.TokenCreated> {}

  /// How long a personal access token is good.
  enum Life {
    @JsonProperty("30d")
    MONTH,
    @JsonProperty("90d")
    QUARTER,
    @JsonProperty("1y")
    YEAR,
    @JsonProperty("never")
    NEVER;

    private static final int DAYS_A_YEAR = 365;

    /// Empty for one that never ends.
    public Optional<Duration> span() {
      return switch (this) {
        case MONTH -> Optional.of(Duration.ofDays(30));
        case QUARTER -> Optional.of(Duration.ofDays(90));
        case YEAR -> Optional.of(Duration.ofDays(DAYS_A_YEAR));
        case NEVER -> Optional.empty();
      };
    }
  }

  /// Personal access tokens that are good.
  @Operation(
      type = "list_access_tokens",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /api/my/cli/tokens",
      effect = Effect.READ,
      summary = "List the personal access tokens of your account")
  record ListTokens() implements AccountRequest<AccountReply.Tokens> {}

  /// Ends a personal access token at once.
  @Operation(
      type = "revoke_access_token",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "DELETE /api/my/cli/tokens/:id",
      effect = Effect.DESTROY,
      summary = "Revoke a personal access token; its next call fails")
  record RevokeToken(@Doc("Id of the token") @Id String id)
      implements AccountRequest<MeshReply.Ok> {}

  /// Machines that are signed in.
  @Operation(
      type = "list_account_sessions",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /api/my/cli/sessions",
      effect = Effect.READ,
      summary = "List the machines on which your account is signed in")
  record ListSessions() implements AccountRequest<AccountReply.Tokens> {}

  /// Signs a machine out.
  @Operation(
      type = "revoke_account_session",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "DELETE /api/my/cli/sessions/:id",
      effect = Effect.DESTROY,
      summary = "Sign a machine out; its next call fails")
  record RevokeSession(@Doc("Id of the session") @Id String id)
      implements AccountRequest<MeshReply.Ok> {}
}
