package dev.claudemesh.cli.account;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.mesh.Brokers;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.SafeText;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.protocol.accounts.AccountReply;
import dev.claudemesh.protocol.accounts.AccountToken;
import dev.claudemesh.protocol.accounts.DeviceReply;
import dev.claudemesh.protocol.accounts.DeviceRequest;
import dev.claudemesh.protocol.client.BrokerHttp;
import dev.claudemesh.protocol.config.AuthFile;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/// A command that ends with this machine signed in, by a code that somebody approves in a browser.
abstract class DeviceCommand extends CliCommand {
  private static final int LONGEST_NAME = 100;
  private static final int LONGEST_PART = 40;

  @Option(
      names = "--broker",
      paramLabel = "<url>",
      description =
          "Where the broker listens; CLAUDEMESH_BROKER_URL if absent, else ws://127.0.0.1:7900/ws.")
  protected Optional<String> broker = Optional.empty();

  @Option(names = "--no-browser", description = "Open no browser; print the link alone.")
  private boolean noBrowser;

  protected DeviceCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  record Done(String email, String name, String broker, String file) {}

  /// @param way what is added to the page's address
  protected Answer byCode(String purpose, String way) throws InterruptedException {
    URI url = Brokers.url(context.environment(), broker);
    try (BrokerHttp http = new BrokerHttp(url)) {
      DeviceReply.Started started = http.call(start(), Optional.empty(), Map.of());
      String page = started.verificationUrl() + way;
      tell(purpose, page, started.userCode());
      if (!noBrowser && context.terminal().interactive()) {
        Browser.open(context.environment(), page);
      }
      Approval approval = new Approval(http, started, context);
      DeviceReply.Polled polled = approval.await();
      return switch (polled.status()) {
        case APPROVED -> approved(polled, url);
        case DENIED -> throw new CommandFailure(ExitCode.CANCELLED, "Denied in the browser.");
        case PENDING, EXPIRED ->
            throw new CommandFailure(
                ExitCode.CANCELLED, "Nobody approved the code in time; run claudemesh login again");
      };
    }
  }

  private Answer approved(DeviceReply.Polled polled, URI url) {
    Optional<AccountToken> token = polled.token().flatMap(AccountToken::of);
    if (token.isEmpty() || polled.user().isEmpty()) {
      throw new CommandFailure(
          ExitCode.CANCELLED,
          "The code was approved, but another program fetched its token. If that was not you, see"
              + " claudemesh token list after claudemesh login");
    }
    return saved(token.get(), url, polled.user().get());
  }

  /// Keeps the token for the commands to come.
  protected Answer saved(AccountToken token, URI url, AccountReply.User user) {
    AuthFile file = context.folder().auth(context.terminal()::warn);
    file.write(new AuthFile.Entry(token, url, user.email()));
    AccountLink.all(
        context, new SignedIn(token, url, Optional.of(user.email()), file.path().toString()));
    if (context.environment().variable(SignedIn.VARIABLE).isPresent()) {
      context
          .terminal()
          .warn(SignedIn.VARIABLE + " is set and goes before what was saved; unset it");
    }
    return Answer.of(
            new Done(user.email(), user.displayName(), url.toString(), file.path().toString()))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " Signed in as "
                + SafeText.line(user.email())
                + " on "
                + url)
        .next("claudemesh whoami");
  }

  private void tell(String purpose, String page, String code) {
    var terminal = context.terminal();
    terminal.talk(purpose + ", open this page on any machine:");
    terminal.talk("");
    terminal.talk("    " + terminal.in(Style.PRIMARY, SafeText.line(page)));
    terminal.talk("");
    terminal.talk("and approve this code, and only this one:");
    terminal.talk("");
    terminal.talk("    " + terminal.in(Style.STRONG, spaced(SafeText.line(code))));
    terminal.talk("");
  }

  private static String spaced(String code) {
    return String.join(" ", code.split(""));
  }

  private DeviceRequest.Start start() {
    return new DeviceRequest.Start(
        Optional.of(cut(host(), LONGEST_NAME)),
        Optional.of(cut(System.getProperty("os.name", "unknown"), LONGEST_PART)),
        Optional.of(cut(System.getProperty("os.arch", "unknown"), LONGEST_PART)));
  }

  private String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      return context.environment().variable("HOSTNAME").orElse("unnamed");
    }
  }

  private static String cut(String text, int most) {
    return text.codePoints()
        .limit(most / 2)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }
}
