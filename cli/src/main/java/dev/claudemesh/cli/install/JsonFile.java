package dev.claudemesh.cli.install;

import dev.claudemesh.protocol.Problem;
import dev.claudemesh.protocol.ProblemCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;

/// A JSON file that belongs to somebody else, edited by inserting and removing text. Holds the text
/// as it stands now, and what was inserted.
final class JsonFile {
  private final String where;
  private final List<TextEdit> inserted = new ArrayList<>();
  private String text;
  private JsonPlace.Fields root;

  /// @param where the file, for messages
  /// @throws Problem `invalid` if it is not a JSON object
  JsonFile(String text, String where) {
    this.where = where;
    become(text);
  }

  String text() {
    return text;
  }

  JsonPlace.Fields root() {
    return root;
  }

  /// What {@link #put} and {@link #append} did, in order.
  List<TextEdit> inserted() {
    return List.copyOf(inserted);
  }

  /// The value under these names, from the outside in.
  Optional<JsonPlace> find(String... names) {
    JsonPlace place = root;
    for (String name : names) {
      Optional<JsonPlace.Field> field =
          place instanceof JsonPlace.Fields fields ? fields.field(name) : Optional.empty();
      if (field.isEmpty()) {
        return Optional.empty();
      }
      place = field.get().value();
    }
    return Optional.of(place);
  }

  Optional<JsonPlace.Fields> object(String... names) {
    return find(names).map(place -> as(place, JsonPlace.Fields.class, "an object", names));
  }

  Optional<JsonPlace.Items> array(String... names) {
    return find(names).map(place -> as(place, JsonPlace.Items.class, "a list", names));
  }

  /// Adds a field to an object, or replaces the value of the one that is there.
  void put(JsonPlace.Fields object, String name, JsonNode value) {
    JsonStyle style = JsonStyle.of(text, root);
    Optional<JsonPlace.Field> there = object.field(name);
    if (there.isPresent()) {
      JsonPlace old = there.get().value();
      insert(
          new TextEdit(
              old.start(),
              text.substring(old.start(), old.end()),
              style.print(value, indentOf(there.get().start()))));
      return;
    }
    List<JsonPlace.Field> fields = object.fields();
    insert(
        fields.isEmpty()
            ? first(object, indent -> style.field(name, value, indent))
            : after(
                fields.getLast().value().end(),
                fields.getLast().start(),
                indent -> style.field(name, value, indent)));
  }

  /// Adds an item at the end of a list.
  void append(JsonPlace.Items list, JsonNode value) {
    JsonStyle style = JsonStyle.of(text, root);
    List<JsonPlace> items = list.items();
    insert(
        items.isEmpty()
            ? first(list, indent -> style.print(value, indent))
            : after(
                items.getLast().end(),
                items.getLast().start(),
                indent -> style.print(value, indent)));
  }

  /// Takes back what an earlier run inserted, the last first, where it stands unchanged; the rest
  /// is left.
  void takeBack(List<TextEdit> edits) {
    for (TextEdit edit : edits.reversed()) {
      edit.takeBack(text).ifPresent(this::becomeIfValid);
    }
  }

  /// Removes the fields of an object that fit; then the object itself from its parent, if that
  /// emptied it.
  ///
  /// @return whether something was removed
  boolean removeFields(Predicate<JsonPlace.Field> fits, String... names) {
    boolean removed = false;
    for (Optional<JsonPlace.Fields> object = object(names);
        object.isPresent();
        object = object(names)) {
      List<JsonPlace.Field> fields = object.get().fields();
      int index = lastIndex(fields, fits);
      if (index < 0) {
        break;
      }
      removed = true;
      if (fields.size() == 1 && names.length > 0) {
        removeFields(
            field -> field.name().equals(names[names.length - 1]),
            List.of(names).subList(0, names.length - 1).toArray(String[]::new));
        break;
      }
      cut(
          object.get(),
          fields.stream().map(JsonPlace.Field::start).toList(),
          fields.stream().map(field -> field.value().end()).toList(),
          index);
    }
    return removed;
  }

  /// Removes the items of a list that fit; then the field that holds the list, if that emptied it.
  boolean removeItems(Predicate<JsonPlace> fits, String... names) {
    boolean removed = false;
    for (Optional<JsonPlace.Items> list = array(names); list.isPresent(); list = array(names)) {
      List<JsonPlace> items = list.get().items();
      int index = lastIndex(items, fits);
      if (index < 0) {
        break;
      }
      removed = true;
      if (items.size() == 1) {
        removeFields(
            field -> field.name().equals(names[names.length - 1]),
            List.of(names).subList(0, names.length - 1).toArray(String[]::new));
        break;
      }
      removeItem(list.get(), index);
    }
    return removed;
  }

  void removeItem(JsonPlace.Items list, int index) {
    cut(
        list,
        list.items().stream().map(JsonPlace::start).toList(),
        list.items().stream().map(JsonPlace::end).toList(),
        index);
  }

  /// Takes one of several elements out, with the comma before it, or after it if it is the first.
  private void cut(JsonPlace container, List<Integer> starts, List<Integer> ends, int index) {
    int from = index > 0 ? ends.get(index - 1) : starts.getFirst();
    int to = index > 0 || starts.size() == 1 ? ends.get(index) : starts.get(1);
    if (starts.size() == 1) {
      from = container.start() + 1;
      to = container.end() - 1;
    }
    become(text.substring(0, from) + text.substring(to));
  }

  private interface Printed {
    String at(String indent);
  }

  /// The only element of a container that is empty so far; the blanks in it make room.
  private TextEdit first(JsonPlace container, Printed printed) {
    JsonStyle style = JsonStyle.of(text, root);
    String outer = indentOf(container.start());
    String inner = outer + style.unit();
    String blanks = text.substring(container.start() + 1, container.end() - 1);
    return new TextEdit(
        container.start() + 1,
        blanks,
        style.lineBreak(inner) + printed.at(inner) + style.lineBreak(outer));
  }

  /// One more element after the last, spaced as that one is from what stands before it.
  private TextEdit after(int end, int lastStart, Printed printed) {
    int blanks = lastStart;
    while (blanks > 0 && Character.isWhitespace(text.charAt(blanks - 1))) {
      blanks--;
    }
    String space = text.substring(blanks, lastStart);
    if (space.isEmpty() && text.charAt(blanks - 1) != ',') {
      space = JsonStyle.of(text, root).pretty() ? " " : "";
    }
    return new TextEdit(end, "", "," + space + printed.at(indentOf(lastStart)));
  }

  /// The blanks at the beginning of the line that a place is on.
  private String indentOf(int place) {
    int line = text.lastIndexOf('\n', place - 1) + 1;
    int end = line;
    while (end < place && (text.charAt(end) == ' ' || text.charAt(end) == '\t')) {
      end++;
    }
    return text.substring(line, end);
  }

  private void insert(TextEdit edit) {
    inserted.add(edit);
    become(edit.apply(text));
  }

  private void becomeIfValid(String next) {
    try {
      become(next);
    } catch (Problem e) {
      // Somebody built on what we had inserted: it is taken out piece by piece instead.
      return;
    }
  }

  private void become(String next) {
    JsonPlace place = JsonReader.read(next, where);
    root = as(place, JsonPlace.Fields.class, "an object");
    text = next;
  }

  private <T extends JsonPlace> T as(JsonPlace place, Class<T> type, String what, String... names) {
    if (type.isInstance(place)) {
      return type.cast(place);
    }
    String name = names.length == 0 ? where : "\"" + String.join(".", names) + "\" in " + where;
    throw new Problem(
        ProblemCode.INVALID,
        name + " is not " + what + ". Nothing was changed; mend the file and run this again");
  }

  private static <T> int lastIndex(List<T> list, Predicate<T> fits) {
    for (int i = list.size() - 1; i >= 0; i--) {
      if (fits.test(list.get(i))) {
        return i;
      }
    }
    return -1;
  }
}
