-- Who may read which desk's log. Apart from the log's own file, so that neither is harmed with the other.

-- One document a desk (devices, pairing codes, lease), replaced as a whole when its revision is the expected one.
CREATE TABLE desks (
    name     TEXT    NOT NULL PRIMARY KEY,
    revision INTEGER NOT NULL CHECK (revision >= 1),
    record   TEXT    NOT NULL
) STRICT;

-- Epoch keys, each wrapped to the devices that were active when it was made. Written before the key's first use.
CREATE TABLE epochs (
    desk   TEXT    NOT NULL,
    epoch  INTEGER NOT NULL CHECK (epoch >= 1),
    record TEXT    NOT NULL,
    PRIMARY KEY (desk, epoch)
) STRICT, WITHOUT ROWID;
