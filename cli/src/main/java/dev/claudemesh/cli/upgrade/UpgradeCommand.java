package dev.claudemesh.cli.upgrade;

import dev.claudemesh.cli.Answer;
import dev.claudemesh.cli.CliCommand;
import dev.claudemesh.cli.CommandFailure;
import dev.claudemesh.cli.Context;
import dev.claudemesh.cli.ExitCode;
import dev.claudemesh.cli.Version;
import dev.claudemesh.cli.policy.Does;
import dev.claudemesh.cli.terminal.Icon;
import dev.claudemesh.cli.terminal.Style;
import dev.claudemesh.protocol.Operation.Effect;
import dev.claudemesh.protocol.Wire;
import dev.claudemesh.protocol.config.Config;
import dev.claudemesh.protocol.crypto.PublicKey;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Changes to a newer version, if the user named a feed of releases and the key they are signed
/// with. Asks nobody otherwise.
@Does(Effect.WRITE)
@Command(
    name = "upgrade",
    description =
        "Change to the newest release, from a feed and signed by a key that you name; off until you"
            + " do.",
    footer = {
      "",
      "Once: claudemesh upgrade --feed https://example.org/claudemesh.json --key <64 hex digits>",
      "Then: claudemesh upgrade --check; claudemesh upgrade; and back: claudemesh upgrade --back"
    })
public final class UpgradeCommand extends CliCommand {
  private static final String FEED = "upgradeFeed";
  private static final String KEY = "upgradeKey";

  @Option(
      names = "--feed",
      paramLabel = "<url>",
      description = "Where releases are told; kept. https, or this machine.")
  private Optional<URI> feed = Optional.empty();

  @Option(
      names = "--key",
      paramLabel = "<key>",
      description = "The Ed25519 key that releases are signed with, hex; kept.")
  private Optional<String> key = Optional.empty();

  @Option(names = "--check", description = "Only tell whether there is a newer one.")
  private boolean check;

  @Option(names = "--back", description = "Change back to the version before.")
  private boolean back;

  public UpgradeCommand(Context context) {
    super(context);
  }

  /// What `--json` prints.
  ///
  /// @param newest what the feed tells of; absent where it was not asked
  record Result(
      String version, Optional<String> newest, boolean changed, Optional<String> folder) {}

  @Override
  protected Answer answer() throws IOException, InterruptedException {
    if (feed.isPresent() || key.isPresent()) {
      return keep();
    }
    Optional<Path> launcher = context.environment().launcher();
    Optional<Path> checkout =
        launcher.map(Path::getParent).filter(folder -> Files.exists(folder.resolve("pom.xml")));
    if (checkout.isPresent()) {
      return nothing()
          .line(
              "This claudemesh is built from its sources in "
                  + checkout.get()
                  + "; git brings newer ones.")
          .next("git -C '" + checkout.get() + "' pull");
    }
    Optional<Layout> layout = launcher.flatMap(Layout::of);
    return back ? goBack(here(layout)) : toNewest(layout);
  }

  private Answer keep() {
    if (feed.isEmpty() || key.isEmpty()) {
      throw new CommandFailure(
          ExitCode.ARGUMENTS,
          "Name both, --feed and --key: a feed counts only with its signatures");
    }
    Fetch.check(feed.get());
    if (!PublicKey.isKey(key.get())) {
      throw new CommandFailure(ExitCode.ARGUMENTS, "A key is 64 hex digits, all small");
    }
    context
        .config()
        .update(config ->
            config
                .withSetting(FEED, Wire.mapper().valueToTree(feed.get().toString()))
                .withSetting(KEY, Wire.mapper().valueToTree(key.get())));
    return nothing()
        .line(terminal -> terminal.icon(Icon.GOOD) + " Releases come from " + feed.get() + " now")
        .next("claudemesh upgrade --check");
  }

  private static Answer nothing() {
    return Answer.of(new Result(Version.number(), Optional.empty(), false, Optional.empty()));
  }

  private static Layout here(Optional<Layout> layout) {
    return layout.orElseThrow(() ->
        new CommandFailure(
            ExitCode.NOT_FOUND,
            "This claudemesh does not lie as a release does (claudemesh-<version>/bin beside a link"
                + " current), so it is renewed as it was installed"));
  }

  private Answer toNewest(Optional<Layout> layout) throws IOException, InterruptedException {
    Config config = context.config().read();
    Optional<String> told = config.setting(FEED);
    if (told.isEmpty()) {
      return nothing()
          .line(Style.MUTED, "You named no feed of releases, so nobody was asked.")
          .next("claudemesh upgrade --feed <url> --key <key>");
    }
    PublicKey signer =
        config
            .setting(KEY)
            .filter(PublicKey::isKey)
            .map(PublicKey::new)
            .orElseThrow(() ->
                new CommandFailure(
                    ExitCode.ARGUMENTS, "config.json names a feed, but no key; name both again"));
    try (Fetch fetch = new Fetch()) {
      URI from = URI.create(told.get());
      Release release = Release.of(fetch.text(from), from);
      release.requireSignature(signer);
      return to(release, layout, fetch);
    }
  }

  private Answer to(Release release, Optional<Layout> layout, Fetch fetch)
      throws IOException, InterruptedException {
    String mine = Version.number();
    int newer = release.comparedTo(mine);
    if (newer < 0) {
      throw new CommandFailure(
          ExitCode.PERMISSION,
          "The feed tells of "
              + release.version()
              + ", which is older than this "
              + mine
              + "; going back that way is refused (claudemesh upgrade --back goes to the one before)");
    }
    if (newer == 0 || check) {
      return Answer.of(new Result(mine, Optional.of(release.version()), false, Optional.empty()))
          .line(
              newer == 0
                  ? "This is the newest: " + mine
                  : "There is " + release.version() + "; this is " + mine)
          .next(newer == 0 ? "claudemesh doctor" : "claudemesh upgrade");
    }
    Layout place = here(layout);
    try (Upgrade upgrade = Upgrade.begin(place)) {
      upgrade.to(release, fetch);
    }
    return changed(mine, Optional.of(release.version()), place.folder(release.version()));
  }

  private Answer goBack(Layout layout) throws IOException {
    try (Upgrade upgrade = Upgrade.begin(layout)) {
      return changed(Version.number(), Optional.empty(), upgrade.back());
    }
  }

  private static Answer changed(String mine, Optional<String> newest, Path folder) {
    return Answer.of(new Result(mine, newest, true, Optional.of(folder.toString())))
        .line(terminal ->
            terminal.icon(Icon.GOOD)
                + " From now on it is "
                + folder.getFileName()
                + "; what runs goes on as it is")
        .next("claudemesh doctor");
  }
}
