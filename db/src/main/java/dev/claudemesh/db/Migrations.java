package dev.claudemesh.db;

import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/// Brings a database to the schema this build was made for.
///
/// Forward only. Two brokers that start at once on one database are safe: Flyway holds an advisory
/// lock while it works, and the second one finds nothing left to do. A database that is *newer*
/// than this build is left alone, so that a broker of the last version keeps running while the next
/// one is rolled out.
final class Migrations {

  /// The schema that holds every table of ours.
  static final String SCHEMA = "mesh";

  private Migrations() {}

  /// Applies what is missing. Throws [DatabaseMigrationException] and leaves the failed step undone
  /// if one does not apply.
  static void apply(DataSource dataSource) {
    try {
      Flyway.configure()
          .dataSource(dataSource)
          .schemas(SCHEMA)
          .defaultSchema(SCHEMA)
          .createSchemas(true)
          .locations("classpath:db/migration")
          .failOnMissingLocations(true)
          .validateMigrationNaming(true)
          .ignoreMigrationPatterns("*:future")
          .cleanDisabled(true)
          .load()
          .migrate();
    } catch (FlywayException e) {
      throw new DatabaseMigrationException(e);
    }
  }
}
