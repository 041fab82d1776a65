package io.tenantry.worker.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import org.flywaydb.core.api.migration.BaseJavaMigration;
import org.flywaydb.core.api.migration.Context;

/** A migration in Java that reads a large table, a thousand rows at a time. */
public final class V2_2__Reads extends BaseJavaMigration {
    @Override
    public void migrate(Context context) throws Exception {
        Connection connection = context.getConnection();
        try (PreparedStatement query = connection.prepareStatement("SELECT id, note FROM orders");
                Statement statement = connection.createStatement()) {
            query.setFetchSize(1000);
            long sum = 0;
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    sum += row.getInt(1);
                }
            }
            statement.execute("CREATE TABLE sums AS SELECT " + sum + " AS sum");
        }
    }
}
