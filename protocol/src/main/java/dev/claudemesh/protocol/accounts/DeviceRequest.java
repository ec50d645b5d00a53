package dev.claudemesh.protocol.accounts;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.claudemesh.protocol.Access;
import dev.claudemesh.protocol.Audited;
import dev.claudemesh.protocol.Doc;
import dev.claudemesh.protocol.Id;
import dev.claudemesh.protocol.Operation;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Reply;
import dev.claudemesh.protocol.Size;
import dev.claudemesh.protocol.meshes.MeshReply;
import java.util.Optional;

/// Signing in a command line from a browser: it asks for a code, a person approves the code on the
/// page `/cli-auth`, and the command line gets a token.
public sealed interface DeviceRequest<R extends Reply> extends AccountRequest<R> {

  /// Asks for a code.
  @Operation(
      type = "start_device_login",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /api/auth/cli/device-code",
      summary = "Ask for a code by which somebody signs this command line in from a browser")
  record Start(
      @Doc("Name of the machine, to tell one's own request from another's")
          @Size(100)
          @JsonProperty("device_name")
          Optional<String> deviceName,
      @Doc("Its operating system") @Size(40) @JsonProperty("device_os") Optional<String> deviceOs,
      @Doc("Its processor") @Size(40) @JsonProperty("device_arch") Optional<String> deviceArch)
      implements DeviceRequest<DeviceReply.Started> {}

  /// What became of it; the first answer after the approval carries the token.
  @Operation(
      type = "device_login_status",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "GET /api/auth/cli/device-code/:code",
      summary = "What became of a device code; once, within a minute of the approval, the token")
  record Poll(@Audited(false) @Doc("The device_code") @Id String code)
      implements DeviceRequest<DeviceReply.Polled> {
    @Override
    public String toString() {
      return "Poll[***]";
    }
  }

  /// Who asks, for whoever is to approve it.
  @Operation(
      type = "show_device_login",
      access = Access.ACCOUNT,
      socket = false,
      http = "GET /api/my/cli/device-code/:code",
      effect = Effect.READ,
      summary = "Tell which machine asks to be signed in by a code")
  record Show(@Doc("The user_code") @Id String code)
      implements DeviceRequest<DeviceReply.Waiting> {}

  /// Signs the command line in.
  @Operation(
      type = "approve_device_login",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/auth/cli/device-code/:code/approve",
      summary = "Sign in the command line that shows this code; only from the broker's own page")
  record Approve(@Doc("The user_code") @Id String code) implements DeviceRequest<MeshReply.Ok> {}

  /// Refuses it.
  @Operation(
      type = "deny_device_login",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /api/auth/cli/device-code/:code/deny",
      summary = "Refuse the command line that shows this code; only from the broker's own page")
  record Deny(@Doc("The user_code") @Id String code) implements DeviceRequest<MeshReply.Ok> {}

  /// Asks for a code as clients of the first protocol do.
  @Operation(
      type = "cli_device_code",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "POST /cli/device-code",
      summary = "Ask for a code, as clients of the first protocol do")
  record OldStart(
      @Doc("Name of the machine") @Size(100) Optional<String> hostname,
      @Doc("Its operating system") @Size(40) Optional<String> platform,
      @Doc("Its processor") @Size(40) Optional<String> arch)
      implements DeviceRequest<DeviceReply.OldStarted> {}

  /// What became of it, in the words of the first protocol.
  @Operation(
      type = "cli_device_code_status",
      access = Access.OPEN,
      socket = false,
      audited = false,
      http = "GET /cli/device-code/:code",
      summary = "What became of a device code, for clients of the first protocol")
  record OldPoll(@Audited(false) @Doc("The device_code") @Id String code)
      implements DeviceRequest<DeviceReply.OldPolled> {
    @Override
    public String toString() {
      return "OldPoll[***]";
    }
  }

  /// Signs the command line in; what the first protocol's body says of the user is not believed.
  @Operation(
      type = "cli_device_code_approve",
      access = Access.ACCOUNT,
      socket = false,
      audited = false,
      http = "POST /cli/device-code/:code/approve",
      summary = "Sign in the command line that shows this code, at the first protocol's address")
  record OldApprove(@Doc("The user_code, or the session_id") @Id String code)
      implements DeviceRequest<MeshReply.Ok> {}
}
