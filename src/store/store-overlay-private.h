#pragma once

#include "store-transaction-private.h"

G_BEGIN_DECLS

/* What a person is shown of a location. */
typedef struct
{
  guint32 flags;
  char *keywords; /* (owned) (nullable) */
  gint64 hidden_by;
} StoreShown;

/* A row of location. As an autofree'd value: store_location_clear (). */
typedef struct
{
  gint64 location;
  gint64 folder;
  gint64 message;
  guint32 uid;
  StoreLocationState state;
  guint32 flags;
  char *keywords; /* (owned) (nullable) */
  guint32 flags_shown;
  char *keywords_shown; /* (owned) (nullable): only where it differs from keywords */
  gint64 hidden_by;
  gboolean has_attachment; /* known or likely, as the message's row says in more detail */
  gint64 sort_date;
  gint64 internal_date;
  guint64 modseq;
  guint64 fingerprint;
  gint64 operation;
  guint32 old_uid_validity;
  guint32 old_uid;
} StoreLocationRow;

void     store_overlay_begin         (StoreShown              *shown,
                                      StoreLocationState       state,
                                      guint32                  flags,
                                      const char              *keywords);
void     store_overlay_apply         (StoreShown              *shown,
                                      const StoreOperation    *operation);
void     store_overlay_end           (StoreShown              *shown);

void     store_location_clear        (StoreLocationRow        *row);
gboolean store_location_load         (StoreTransaction        *tx,
                                      gint64                   location,
                                      StoreLocationRow        *row,
                                      gboolean                *out_is_found,
                                      GError                 **error);
gboolean store_location_load_uid     (StoreTransaction        *tx,
                                      gint64                   folder,
                                      guint32                  uid,
                                      StoreLocationRow        *row,
                                      gboolean                *out_is_found,
                                      GError                 **error);
gboolean store_location_find_uid     (StoreTransaction        *tx,
                                      gint64                   folder,
                                      guint32                  uid,
                                      gint64                  *out_location,
                                      GError                 **error);
void     store_location_note         (StoreTransaction        *tx,
                                      const StoreLocationRow  *row);
gboolean store_location_note_conversation (StoreTransaction   *tx,
                                           gint64              message,
                                           GError            **error);
gboolean store_location_write        (StoreTransaction        *tx,
                                      StoreLocationRow        *row,
                                      GError                 **error);
gboolean store_location_write_shown  (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      gint64                   hidden_before,
                                      GError                 **error);
gboolean store_location_write_flags  (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      gint64                   hidden_before,
                                      GError                 **error);
gboolean store_location_insert       (StoreTransaction        *tx,
                                      StoreLocationRow        *row,
                                      GError                 **error);
gboolean store_location_delete       (StoreTransaction        *tx,
                                      const StoreLocationRow  *row,
                                      GError                 **error);
gboolean store_location_refresh      (StoreTransaction        *tx,
                                      gint64                   location,
                                      GError                 **error);
gboolean store_location_apply        (StoreTransaction        *tx,
                                      StoreLocationRow        *row,
                                      const StoreOperation    *operation,
                                      GError                 **error);
gboolean store_location_compute      (StoreTransaction        *tx,
                                      StoreLocationRow        *row,
                                      GError                 **error);

gboolean store_overlay_recompute_all (StoreTransaction        *tx,
                                      GError                 **error);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (StoreLocationRow, store_location_clear)

G_END_DECLS
