package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Span;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.cli.terminal.Table;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountReply.Token;
import dev.claudemesh.protocol.accounts.AccountRequest;
import dev.claudemesh.protocol.accounts.AccountRequest.Life;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/// Personal access tokens, and the machines that are signed in.
public final class TokenCommands {
  private TokenCommands() {}

  /// Lists both: either lets somebody in.
  @Does(Effect.READ)
  @Command(
      name = "list",
      description = "List the tokens of your account, and the machines that are signed in.")
  public static final class Show extends AccountCommand {
    public Show(Context context) {
      super(context);
    }

    /// What `--json` prints.
    record Listing(List<Token> tokens, List<Token> sessions) {}

    @Override
    protected Answer answer() {
      SignedIn self = signedIn();
      Listing all =
          new Listing(
              call(self, new AccountRequest.ListTokens()).tokens(),
              call(self, new AccountRequest.ListSessions()).tokens());
      Instant now = context.clock().instant();
      Table table = Table.of("ID", "KIND", "NAME", "LAST USED", "ENDS IN", "");
      Stream.concat(all.tokens().stream(), all.sessions().stream())
          .forEach(token ->
              table.row(
                  token.id(),
                  token.kind().equals("pat") ? "token" : "session",
                  token.name() + token.device().map(device -> " (" + device + ")").orElse(""),
                  token.lastUsedAt().map(at -> Span.ago(Duration.between(at, now))).orElse("never"),
                  token.expiresAt().map(at -> Span.ago(Duration.between(now, at))).orElse("never"),
                  token.current() ? "this one" : ""));
      return Answer.of(all).table(table).next("claudemesh token revoke <id>");
    }
  }

  /// Makes one, and shows it this once.
  @Does(Effect.WRITE)
  @Command(
      name = "create",
      description = "Make a personal access token for scripts; it is shown this once.",
      footer = {"", "Example: claudemesh token create ci --expires 90d"})
  public static final class Create extends AccountCommand {
    @Parameters(paramLabel = "<name>", description = "What it is for, such as ci.")
    private String name;

    @Option(
        names = "--expires",
        paramLabel = "30d|90d|1y|never",
        converter = Lives.class,
        description = "How long it is good. Default: 1y")
    private Life expires = Life.YEAR;

    public Create(Context context) {
      super(context);
    }

    @Override
    protected Answer answer() {
      AccountReply.TokenCreated made =
          call(signedIn(), new AccountRequest.CreateToken(name, Optional.of(expires)));
      if (expires == Life.NEVER) {
        context
            .terminal()
            .warn("This token never ends. Whoever finds it can use it until you revoke it");
      }
      return Answer.of(made)
          .line(Style.STRONG, made.token())
          .remark("  Shown this once; keep it where your script finds it, as CLAUDEMESH_TOKEN.")
          .next("claudemesh token revoke " + made.id() + "   (when it is no longer needed)");
    }
  }

  /// Ends a token or signs a machine out.
  @Does(Effect.WRITE)
  @Command(
      name = "revoke",
      description = "Revoke a token, or sign a machine out; its next call fails.")
  public static final class Revoke extends AccountCommand {
    @Parameters(paramLabel = "<id>", description = "Its id, or its beginning, as token list shows.")
    private String id;

    public Revoke(Context context) {
      super(context);
    }

    /// What `--json` prints.
    record Revoked(String revoked, String kind, String name) {}

    @Override
    protected Answer answer() {
      SignedIn self = signedIn();
      List<Token> fitting =
          Stream.concat(
                  call(self, new AccountRequest.ListTokens()).tokens().stream(),
                  call(self, new AccountRequest.ListSessions()).tokens().stream())
              .filter(token -> token.id().startsWith(id))
              .toList();
      if (fitting.isEmpty()) {
        throw new CommandFailure(
            ExitCode.NOT_FOUND, "No token or session has this id; see claudemesh token list");
      }
      if (fitting.size() > 1) {
        throw new Problem(
            ProblemCode.AMBIGUOUS_PREFIX,
            fitting.size() + " tokens or sessions begin with " + id + "; write more of it");
      }
      Token token = fitting.getFirst();
      boolean pat = token.kind().equals("pat");
      if (pat) {
        call(self, new AccountRequest.RevokeToken(token.id()));
      } else {
        call(self, new AccountRequest.RevokeSession(token.id()));
      }
      return Answer.of(new Revoked(token.id(), token.kind(), token.name()))
          .line((pat ? "The token " : "The session ") + token.name() + " ended.");
    }
  }

  /// As the wire writes it.
  static final class Lives implements ITypeConverter<Life> {
    @Override
    public Life convert(String text) {
      return switch (text) {
        case "30d" -> Life.MONTH;
        case "90d" -> Life.QUARTER;
        case "1y" -> Life.YEAR;
        case "never" -> Life.NEVER;
        case String other ->
            throw new TypeConversionException("\"" + other + "\" is none of 30d, 90d, 1y, never");
      };
    }
  }
}
