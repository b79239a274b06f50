"""举报 and 意见箱: what readers point out, for the organiser and the district to answer."""
