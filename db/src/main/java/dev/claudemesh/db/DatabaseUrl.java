package dev.claudemesh.db;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.postgresql.PGProperty;

/// Where a PostgreSQL database is and how to log in, from `DATABASE_URL` in either of its usual
/// forms: `postgres://user:password@host:5432/database?sslmode=require` or `jdbc:postgresql://…`.
///
/// @param hosts one `host:port`, or several with commas, of which the first that answers is used
/// @param database name of the database
/// @param user who logs in
/// @param password empty when the server asks for none
/// @param parameters settings of the PostgreSQL JDBC driver
public record DatabaseUrl(
    String hosts,
    String database,
    String user,
    DatabasePassword password,
    Map<String, String> parameters) {

  private static final String SETTING = "DATABASE_URL";
  private static final String EXAMPLE = "postgres://user:password@host:5432/database";
  private static final Pattern HOST =
      Pattern.compile("(\\[[0-9a-fA-F:.]+]|[A-Za-z0-9._-]+)(:([0-9]{1,5}))?");

  /// Names that the C library uses, and what the JDBC driver calls the same.
  private static final Map<String, String> LIBPQ_NAMES =
      Map.of(
          "connect_timeout", "connectTimeout",
          "application_name", "ApplicationName",
          "channel_binding", "channelBinding",
          "gssencmode", "gssEncMode");

  /// Applied unless the URL says otherwise. Without the server's error details, no row content can
  /// reach a log of ours.
  private static final Map<String, String> DEFAULTS =
      Map.of(
          "ApplicationName", "claudemesh",
          "connectTimeout", "5",
          "logServerErrorDetail", "false",
          "socketTimeout", "120",
          "tcpKeepAlive", "true");

  public DatabaseUrl {
    parameters = Map.copyOf(parameters);
  }

  /// Reads `DATABASE_URL`. Throws [DatabaseSettingException], which tells what is wrong and never
  /// repeats the password.
  public static DatabaseUrl parse(String text) {
    return parse(SETTING, text);
  }

  /// As [#parse(String)], for a setting of another name.
  public static DatabaseUrl parse(String setting, String text) {
    try {
      return read(text);
    } catch (DatabaseSettingException e) {
      throw new DatabaseSettingException(e.getMessage().replaceFirst("^" + SETTING, setting));
    }
  }

  private static DatabaseUrl read(String text) {
    String rest = afterScheme(text.strip());
    int question = rest.indexOf('?');
    String query = question < 0 ? "" : rest.substring(question + 1);
    String main = question < 0 ? rest : rest.substring(0, question);
    int at = main.lastIndexOf('@');
    int slash = main.indexOf('/');
    if (rest.contains("#") || (slash >= 0 && slash < at) || (at < 0 && query.contains("@"))) {
      throw wrong(
          "the user or password holds one of # / ? and must have it written as %23 %2F %3F");
    }
    Map<String, String> parameters = parameters(query);
    String[] login = login(at < 0 ? "" : main.substring(0, at));
    String user = parameters.containsKey("user") ? parameters.remove("user") : login[0];
    String password = parameters.containsKey("password") ? parameters.remove("password") : login[1];
    if (user.isEmpty()) {
      throw wrong("it names no user");
    }
    String hosts = hosts(slash < 0 ? main.substring(at + 1) : main.substring(at + 1, slash));
    String database = slash < 0 ? "" : decode(main.substring(slash + 1), "database name");
    if (database.isEmpty() || database.contains("/")) {
      throw wrong("it names no database after the host");
    }
    return new DatabaseUrl(hosts, database, user, new DatabasePassword(password), parameters);
  }

  private static String afterScheme(String text) {
    for (String scheme : new String[] {"postgres://", "postgresql://", "jdbc:postgresql://"}) {
      if (text.regionMatches(true, 0, scheme, 0, scheme.length())) {
        return text.substring(scheme.length());
      }
    }
    throw wrong(text.isEmpty() ? "it is empty" : "it must begin with postgres://");
  }

  private static String[] login(String text) {
    int colon = text.indexOf(':');
    String user = decode(colon < 0 ? text : text.substring(0, colon), "user");
    return new String[] {user, colon < 0 ? "" : decode(text.substring(colon + 1), "password")};
  }

  private static String hosts(String text) {
    for (String host : text.split(",", -1)) {
      var matcher = HOST.matcher(host);
      if (!matcher.matches()) {
        throw wrong(host.isEmpty() ? "it names no host" : "the host or port cannot be read");
      }
      if (matcher.group(3) != null && (Integer.parseInt(matcher.group(3)) - 1) >>> 16 != 0) {
        throw wrong("the port must be between 1 and 65535");
      }
    }
    return text;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.isEmpty() ? new String[0] : query.split("&", -1)) {
      int equals = pair.indexOf('=');
      if (equals < 1) {
        throw wrong("a setting after the ? is not of the form name=value");
      }
      String given = decode(pair.substring(0, equals), "settings");
      String name = LIBPQ_NAMES.getOrDefault(given, given);
      if (PGProperty.forName(name) == null || name.equals("sslpassword")) {
        throw wrong("the setting \"" + given + "\" is not one that claudemesh can use");
      }
      parameters.put(name, decode(pair.substring(equals + 1), "setting " + given));
    }
    return parameters;
  }

  private static String decode(String text, String what) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw wrong(
          "a % in the " + what + " is not followed by two hex digits; a plain % is written %25");
    }
  }

  private static DatabaseSettingException wrong(String reason) {
    return new DatabaseSettingException(
        SETTING + " cannot be used: " + reason + ". It looks like " + EXAMPLE + ".");
  }

  /// The same server and login with another database.
  public DatabaseUrl withDatabase(String name) {
    return new DatabaseUrl(hosts, name, user, password, parameters);
  }

  /// The same database for another login.
  DatabaseUrl withLogin(String name, DatabasePassword secret) {
    return new DatabaseUrl(hosts, database, name, secret, parameters);
  }

  /// The same with further settings of the JDBC driver.
  DatabaseUrl withParameters(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(parameters);
    all.putAll(more);
    return new DatabaseUrl(hosts, database, user, password, all);
  }

  /// The same server at another port.
  DatabaseUrl withPort(int port) {
    return new DatabaseUrl(
        hosts.replaceFirst(":\\d+$", "") + ":" + port, database, user, password, parameters);
  }

  /// For the JDBC driver, which takes user and password apart from it.
  public String jdbcUrl() {
    StringJoiner query = new StringJoiner("&", "?", "");
    Map<String, String> all = new TreeMap<>(DEFAULTS);
    all.putAll(parameters);
    all.forEach((name, value) -> query.add(name + "=" + encode(value)));
    return "jdbc:postgresql://" + hosts + "/" + encode(database) + query;
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /// Host and database, for people. Neither the user nor the password.
  @Override
  public String toString() {
    return hosts + "/" + database;
  }
}
