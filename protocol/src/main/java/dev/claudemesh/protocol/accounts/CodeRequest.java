package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.util.Optional;

/// Signing in, or setting another password, by a code that is mailed. Only where the broker sends
/// mail.
public sealed interface CodeRequest<R extends Reply> extends AccountRequest<R> {

  /// Mails a code. Answers the same whether or not the address has an account.
  @Operation(
      type = "send_login_code",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/code",
      summary =
          "Mail a code to sign in by, if the address has an account; the answer does not tell")
  record Send(
      @Audited(false) @Doc("E-mail address of the account") @Size(value = 254, min = 3)
          String email)
      implements CodeRequest<MeshReply.Ok> {
    @Override
    public String toString() {
      return "Send[***]";
    }
  }

  /// Signs in with a mailed code.
  @Operation(
      type = "login_by_code",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/code/login",
      summary = "Sign in to an account by the code that was mailed, for a token")
  record Login(
      @Audited(false) @Doc("E-mail address") @Size(value = 254, min = 3) String email,
      @Audited(false) @Doc("The 8 digits") @Size(value = 20, min = 1) String code,
      @Doc("Name of the machine, for the list of sessions") @Size(100) @JsonProperty("device_name")
          Optional<String> deviceName,
      @Doc("true for the broker's own pages: the token works as their cookie alone")
          Optional<Boolean> browser)
      implements CodeRequest<AccountReply.SignedIn> {
    @Override
    public String toString() {
      return "Login[***]";
    }
  }

  /// Sets another password; every session ends.
  @Operation(
      type = "reset_password",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/password/reset",
      summary = "Set another password by the code that was mailed; every session ends")
  record Reset(
      @Audited(false) @Doc("E-mail address") @Size(value = 254, min = 3) String email,
      @Audited(false) @Doc("The 8 digits") @Size(value = 20, min = 1) String code,
      @Audited(false) @Doc("At least 10 characters") @Size(value = 200, min = 10) String password)
      implements CodeRequest<MeshReply.Ok> {
    @Override
    public String toString() {
      return "Reset[***]";
    }
  }
}
