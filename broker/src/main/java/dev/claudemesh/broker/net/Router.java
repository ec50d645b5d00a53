package dev.claudemesh.broker.net;

import dev.claudemesh.protocol.Catalog;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Which operation an HTTP method and path mean. Made from the catalogue, so that a new operation
/// needs no line here.
final class Router {
  /// The web app of the first protocol handed claims on at this address.
  private static final List<String> PUBLIC = List.of("api", "public");

  private final List<Entry> entries;

  private record Entry(Catalog.Route route, Catalog.Op op) {
    long literals() {
      return route.segments().stream().filter(segment -> !segment.startsWith(":")).count();
    }
  }

  /// An operation, and what the path says about it.
  record Match(Catalog.Op op, Map<String, String> parameters) {}

  Router() {
    // Where two routes fit, the one that spells out more of the path is meant.
    entries =
        Catalog.operations().stream()
            .flatMap(op -> op.route().map(route -> new Entry(route, op)).stream())
            .sorted(Comparator.comparingLong(Entry::literals).reversed())
            .toList();
  }

  /// @param asked the path's segments, decoded
  Optional<Match> match(String method, List<String> asked) {
    List<String> segments =
        isPublicClaim(asked) ? asked.subList(PUBLIC.size(), asked.size()) : asked;
    return entries.stream()
        .filter(entry -> entry.route().method().equals(method))
        .flatMap(entry ->
            parameters(entry.route(), segments).map(found -> new Match(entry.op(), found)).stream())
        .findFirst();
  }

  private static boolean isPublicClaim(List<String> asked) {
    return asked.size() == 5
        && asked.subList(0, 2).equals(PUBLIC)
        && asked.get(2).equals("invites")
        && asked.get(4).equals("claim");
  }

  private static Optional<Map<String, String>> parameters(
      Catalog.Route route, List<String> segments) {
    if (route.segments().size() != segments.size()) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    for (int i = 0; i < segments.size(); i++) {
      String expected = route.segments().get(i);
      String actual = segments.get(i);
      if (expected.startsWith(":") && !actual.isEmpty()) {
        parameters.put(expected.substring(1), actual);
      } else if (!expected.equals(actual)) {
        return Optional.empty();
      }
    }
    return Optional.of(parameters);
  }
}
