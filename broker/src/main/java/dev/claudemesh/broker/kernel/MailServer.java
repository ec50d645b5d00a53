package dev.claudemesh.broker.kernel;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;

/// The server that takes the broker's mail, as `BROKER_SMTP_URL` and `EMAIL_FROM` say.
///
/// Its `toString` holds no password.
///
/// @param user empty for a server that asks for none
/// @param tls how the way there is encrypted
/// @param from address the mail comes from
public record MailServer(
    String host, int port, Optional<String> user, Optional<String> password, Tls tls, String from) {
  private static final int SUBMISSION = 587;
  private static final int SUBMISSIONS = 465;
  private static final int HIGHEST_PORT = 65_535;

  /// How the way to the server is encrypted.
  public enum Tls {
    /// From the first byte.
    ALWAYS,
    /// After a word in clear, and no mail goes without.
    STARTTLS,
    /// Where the server offers it: for servers on this machine, or `?tls=optional`.
    OPTIONAL
  }

  /// Empty where no server is named. What is wrong is collected, and never repeats the address,
  /// which holds a password.
  static Optional<MailServer> of(Settings settings) {
    Optional<String> url = settings.optional(Setting.BROKER_SMTP_URL);
    if (url.isEmpty()) {
      return Optional.empty();
    }
    Optional<String> from = settings.optional(Setting.EMAIL_FROM).filter(MailAddress::isOne);
    if (from.isEmpty()) {
      settings.mistake("EMAIL_FROM must be the mail address that the broker writes from");
    }
    if (settings.optional(Setting.BROKER_PUBLIC_URL).isEmpty()) {
      settings.mistake(
          "BROKER_PUBLIC_URL must be set where BROKER_SMTP_URL is, so that links in mail lead here"
              + " whatever address a request came by");
    }
    Optional<MailServer> server = parsed(url.get(), from.orElse(""));
    if (server.isEmpty()) {
      settings.mistake(
          "BROKER_SMTP_URL must be smtp://user:password@host:587 or smtps://user:password@host:465,"
              + " with ?tls=optional if mail may go in clear; % : / ? # @ are written %25 %3A …");
    }
    return server;
  }

  private static Optional<MailServer> parsed(String text, String from) {
    try {
      URI url = new URI(text);
      String scheme = Optional.ofNullable(url.getScheme()).orElse("").toLowerCase(Locale.ROOT);
      String query = Optional.ofNullable(url.getRawQuery()).orElse("");
      boolean known = scheme.equals("smtp") || scheme.equals("smtps");
      if (!known
          || url.getHost() == null
          || url.getPort() > HIGHEST_PORT
          || !(query.isEmpty() || query.equals("tls=optional"))
          || !Optional.ofNullable(url.getRawPath()).orElse("").matches("/?")) {
        return Optional.empty();
      }
      boolean always = scheme.equals("smtps");
      boolean optional = !query.isEmpty() || isHere(url.getHost());
      String[] user = Optional.ofNullable(url.getRawUserInfo()).orElse("").split(":", 2);
      return Optional.of(
          new MailServer(
              url.getHost(),
              url.getPort() >= 0 ? url.getPort() : always ? SUBMISSIONS : SUBMISSION,
              Optional.of(decoded(user[0])).filter(name -> !name.isEmpty()),
              user.length == 2 ? Optional.of(decoded(user[1])) : Optional.empty(),
              always ? Tls.ALWAYS : optional ? Tls.OPTIONAL : Tls.STARTTLS,
              from));
    } catch (URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static boolean isHere(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false; // it may be known later, and is then not this machine
    }
  }

  private static String decoded(String part) {
    return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "MailServer[" + host + ":" + port + ", " + tls + "]";
  }
}
