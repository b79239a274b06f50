"""Study trips (学习考察, 草船借箭): go out, learn, and bring home what fits."""
